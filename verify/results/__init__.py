"""verify/results/"""
