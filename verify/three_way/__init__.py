"""verify/three_way/"""
