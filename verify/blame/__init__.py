"""verify/blame/"""
