"""How good a reader is: its visits against labelled ones, and its confidences against how often it was right.

The labels have the form that `export_gold` writes; what counts as the same is in `likeness`, what is forgiven in
`scoring`.
"""
