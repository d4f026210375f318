"""verify/cases/"""
