"""verify/lift/"""
