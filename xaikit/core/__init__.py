"""Floor 1: classifiers, layers and pictures. Knows torch, NumPy and Pillow; knows no paper."""
