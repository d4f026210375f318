"""verify/lift/numpy_code/"""
