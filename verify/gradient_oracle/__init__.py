"""verify/gradient_oracle/"""
