"""verify/derivatives/"""
