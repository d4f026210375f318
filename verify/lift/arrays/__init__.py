"""verify/lift/arrays/"""
