#!/usr/bin/env python3
# A million rows of twenty numbers and a class, read and standardized: pandas.read_csv with scikit-learn's StandardScaler beside Tables.cs, by
# turns. Needs python3-pandas and python3-sklearn. Usage: run.py [TURNS]
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import numpy as np
import pandas
from sklearn.preprocessing import StandardScaler

ROWS, COLUMNS = 1_000_000, 20
turns = int(sys.argv[1]) if len(sys.argv) > 1 else 7
here = os.path.dirname(os.path.abspath(__file__))


def with_pandas(file):
    start = time.perf_counter()
    table = pandas.read_csv(file)
    StandardScaler().fit_transform(table.iloc[:, :COLUMNS]).astype(np.float32)
    return time.perf_counter() - start


with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "table.csv")
    draws = np.random.default_rng(0)
    values = pandas.DataFrame(draws.normal(size=(ROWS, COLUMNS)), columns=[f"f{k}" for k in range(COLUMNS)])
    values["class"] = draws.choice(["a", "b"], ROWS)
    values.to_csv(file, index=False, float_format="%.6g")
    del values

    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", f"{here}/Tables.cs"], check=True, stdout=subprocess.DEVNULL)
    ours = subprocess.Popen(["dotnet", "run", "-c", "Release", "--no-build", f"{here}/Tables.cs", file], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)
    times, memory = [[], []], []
    for _ in range(turns):
        ours.stdin.write("\n")
        ours.stdin.flush()
        seconds, most, _ = ours.stdout.readline().split()
        times[0].append(float(seconds))
        memory.append(int(most))
        times[1].append(with_pandas(file))
    ours.stdin.close()
    print(f"GpuMlp {statistics.median(times[0]):.2f} s (first {times[0][0]:.2f} s), {memory[0]} MiB at most in a process that reads it once")
    print(f"pandas {statistics.median(times[1]):.2f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB at most")
    print(f"GpuMlp / pandas {statistics.median(a / b for a, b in zip(*times)):.2f}; the float32 table is {ROWS * COLUMNS * 4 >> 20} MiB")
