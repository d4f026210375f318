"""engine/tracing/"""
