"""What is read: figures and documents, rendered from one result object.

Belongs here: matplotlib, the typst template, disclosure control on what is printed.
Does not belong here: any number that is not already in the result object.
"""
