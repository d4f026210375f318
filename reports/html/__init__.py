"""reports/html/"""
