package dev.sepconv.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Which cluster, and what executors are started with. */
final class SparkOptions {

    private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";
    private static final String EXECUTOR_CORES = "spark.executor.cores";
    private static final String LOCAL = "local[*]";

    @Option(names = "--master", paramLabel = "URL",
            description = "Spark's master: spark://HOST:7077, yarn, k8s://…, or local[N] for N task slots in this Java (default: what spark-submit is told, else local[*]).")
    private String master;

    @Option(names = "--conf", paramLabel = "NAME=VALUE",
            description = "A setting of Spark, such as spark.executor.memory=8g or spark.task.resource.gpu.amount=1; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** Starts it, or joins what spark-submit has started. */
    SparkSession start() {
        SparkConf known = new SparkConf();
        SparkConf conf = new SparkConf();
        settings.forEach(conf::set);
        if (master != null || !known.contains("spark.master")) {
            conf.setMaster(master == null ? LOCAL : master);
        }
        if (!conf.contains("spark.app.name")) {
            conf.setAppName("sepconv");
        }
        // what a log would say, a bar of ours does
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        conf.set(EXECUTOR_OPTIONS, executorOptions(conf));
        String sdk = System.getenv("TORNADOVM_HOME");
        if (sdk != null && !sdk.isEmpty()) {
            // what TornadoVM's drivers heed, as the launcher has set it
            for (String name : List.of("TORNADOVM_HOME", "LD_PRELOAD", "POCL_AFFINITY")) {
                String value = System.getenv(name);
                if (value != null) {
                    conf.setExecutorEnv(name, value);
                }
            }
        }
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /**
     * What an executor's Java needs for the Vector API, and for TornadoVM where this one has it:
     * its SDK then lies in the same folder on all machines. A plan for each core of an executor is
     * made by how many cores its Java sees.
     */
    static String executorOptions(SparkConf conf) {
        StringBuilder options = new StringBuilder(
                "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED");
        if (conf.contains(EXECUTOR_CORES)) {
            options.append(" -XX:ActiveProcessorCount=").append(conf.get(EXECUTOR_CORES));
        }
        String sdk = System.getenv("TORNADOVM_HOME");
        if (sdk != null && !sdk.isEmpty() && Files.exists(Path.of(sdk, "tornado-argfile"))) {
            // the modules this Java was started with: without those of the SDK that hide Spark's
            options.append(
                    " @%s/tornado-argfile -XX:-UseParallelGC -XX:+UseG1GC -Dtornado.recover.bailout=False --module-path=%s"
                            .formatted(sdk, System.getProperty("jdk.module.path",
                                    sdk + "/share/java/tornado")));
        }
        String given = conf.get(EXECUTOR_OPTIONS, "");
        return given.isEmpty() ? options.toString() : options + " " + given;
    }
}
