"""TrailBench: what programs that read recordings say, against what is true of generated ones."""
