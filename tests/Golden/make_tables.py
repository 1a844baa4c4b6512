# Four tables as scikit-learn 1.2.1 brings them (copies of the UCI repository's Iris, Wine, Breast Cancer Wisconsin (Diagnostic) and Optical
# Recognition of Handwritten Digits), and what its MLPClassifier makes of each: the mean over ten seeds of the accuracy held out in five
# stratified folds, features standardized by the folds' training rows. tests/Cli/Train/HeldOutTests.cs trains the same networks.
# Made with scikit-learn 1.2.1 and NumPy 1.24.2: python3 make_tables.py
import os
import time
import warnings
import numpy as np
from sklearn import datasets
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
os.makedirs("tables", exist_ok=True)


def name(text):
    return str(text).replace(" (cm)", "").replace(" ", "_").replace("/", "_")


def number(value):
    short = format(value, "g")
    return short if float(short) == value else repr(float(value))


for table, hidden, epochs in [("iris", 16, 250), ("wine", 16, 120), ("breast_cancer", 16, 40), ("digits", 64, 40)]:
    data = getattr(datasets, f"load_{table}")()
    with open(f"tables/{table}.csv", "w") as file:
        file.write(",".join(map(name, data.feature_names)) + ",class\n")
        for row, label in zip(data.data, data.target):
            file.write(",".join(map(number, row)) + f",{name(data.target_names[label])}\n")

    scores, start = [], time.time()
    for seed in range(10):
        network = MLPClassifier((hidden,), random_state=seed, batch_size=32, learning_rate_init=0.003, max_iter=epochs, tol=0,
                                n_iter_no_change=epochs)
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        scores.append(cross_val_score(make_pipeline(StandardScaler(), network), data.data, data.target, cv=folds).mean())
    steps = epochs * -(-int(len(data.data) * 0.8) // 32)
    print(f"{table}: {steps} steps, accuracy {np.mean(scores):.4f}, {(time.time() - start) / 10:.2f} s for five folds")
