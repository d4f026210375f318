"""verify/gradient_oracle/probes/"""
