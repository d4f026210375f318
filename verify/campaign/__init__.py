"""verify/campaign/"""
