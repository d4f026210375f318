"""verify/numbers/"""
