"""verify/lift/rounding/"""
