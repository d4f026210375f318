"""verify/proofs/"""
