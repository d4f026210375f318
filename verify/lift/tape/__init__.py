"""verify/lift/tape/"""
