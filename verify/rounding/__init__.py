"""verify/rounding/"""
