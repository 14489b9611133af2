"""Does it conform?"""
