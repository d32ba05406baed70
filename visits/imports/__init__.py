"""Reading: files of many shapes become VisitRecords, each with what the file says wrongly or unclearly.

`registry` knows the readers, `reading` what they share; a reader is one module and one entry in the registry.
"""
