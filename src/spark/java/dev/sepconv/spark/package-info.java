/**
 * A network over the machines of a Spark cluster: {@link dev.sepconv.spark.SparkInference}. It is
 * an artifact of its own, with the classifier spark, and the only package that knows Spark.
 */
package dev.sepconv.spark;
