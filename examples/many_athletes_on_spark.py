"""How do I analyse many athletes on Spark?

Shown, not run by the tests.
"""

import sys

from pyspark.sql import SparkSession

import trailstats as ts


def main() -> None:
    """Take ``NAME=SOURCE`` for each athlete, and first the folder that their tables go to."""
    out, *pairs = sys.argv[1:]
    spark = SparkSession.builder.appName("trailstats").getOrCreate()
    athletes = [tuple(pair.split("=", 1)) for pair in pairs]
    receipts = spark.sparkContext.parallelize(athletes, len(athletes)).map(
        lambda pair: ts.analyze_partition(pair[1], pair[0], out).to_dict()
    )
    for receipt in receipts.toLocalIterator():
        print(receipt)


if __name__ == "__main__":
    main()
