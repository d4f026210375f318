"""verify/paths/"""
