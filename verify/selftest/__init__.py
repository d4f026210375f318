"""verify/selftest/"""
