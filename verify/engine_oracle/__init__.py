"""verify/engine_oracle/"""
