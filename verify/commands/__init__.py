"""verify/commands/"""
