# What scikit-learn says of 1,000 random label vectors: metrics.npy, float64 (1000, 17). tests/Metrics/ScikitLearnTests.cs draws the same
# vectors. Made with scikit-learn 1.2.1 and NumPy 1.24.2: python3 make_metrics.py
import warnings
import numpy as np
from sklearn.metrics import (accuracy_score, mean_absolute_error, mean_squared_error, precision_recall_fscore_support, r2_score,
                             roc_auc_score)

MASK = (1 << 64) - 1
state = 0


def below(n):                                                # splitmix64
    global state
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return ((z ^ (z >> 31)) >> 33) % n


warnings.simplefilter("ignore")
table = np.full((1000, 17), np.nan)
for case in range(1000):
    n, k = 1 + below(40), 2 + below(3)
    labels = [below(k) for _ in range(n)]
    predictions = [labels[i] if below(2) == 0 else below(k) for i in range(n)]
    weights = np.array([[1 + below(8) for _ in range(k)] for _ in range(n)], dtype=float)
    targets = np.array([below(1000) / 7 for _ in range(n)])
    numbers = np.array([targets[i] + below(100) / 9 for i in range(n)])
    row = table[case]
    row[0] = accuracy_score(labels, predictions)
    p, r, f, _ = precision_recall_fscore_support(labels, predictions, labels=list(range(k)), zero_division=0)
    row[1:1 + k], row[5:5 + k], row[9:9 + k] = p, r, f
    if len(set(labels)) == k:
        scores = weights / weights.sum(axis=1, keepdims=True)
        row[13] = roc_auc_score(labels, scores[:, 1]) if k == 2 else roc_auc_score(labels, scores, multi_class="ovr")
    row[14] = np.sqrt(mean_squared_error(targets, numbers))
    row[15] = mean_absolute_error(targets, numbers)
    row[16] = r2_score(targets, numbers) if n > 1 else np.nan
np.save("metrics.npy", table)
