package dev.sepconv.spark;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * {@code sepconv compare-devices} once on each executor, in a Java of its own beside it. Executors
 * of one machine go one after the other, as they would measure one another.
 */
public final class ExecutorSurvey {

    /** Executors register one by one; that many looks without a new one are taken for all. */
    private static final int STEADY = 15;
    private static final int MOST_LOOKS = 300;
    private static final long LOOK_MILLIS = 200;

    /** Options of an executor's Java that one which measures needs too. */
    private static final List<String> PASSED_ON = List.of("--add-modules", "--enable-native-access",
            "--module-path", "--upgrade-module-path", "--add-exports", "--add-opens", "--add-reads",
            "--limit-modules", "--enable-preview", "-Dtornado", "-Djava.library.path",
            "-Djdk.module", "-Dsepconv", "-XX:+UnlockExperimentalVMOptions", "-XX:+EnableJVMCI",
            "-XX:-UseParallelGC", "-XX:+UseG1GC", "-XX:ActiveProcessorCount");

    /** How sentences on stderr begin. */
    private static final String SAID = "sepconv: ";

    private ExecutorSurvey() {
    }

    /**
     * What came of an executor.
     *
     * @param name its machine's, with the executor's where there are several on it
     * @param document {@code devices.json}; null where there is none
     * @param sentences what it said on stderr
     */
    public record Outcome(String name, int exitCode, String document,
            List<String> sentences) implements Serializable {
    }

    /**
     * Measures on all executors that there are now.
     *
     * @param main the class that takes {@code compare-devices} and its options
     * @param options of {@code compare-devices}, without folder and name
     * @param onStart is told how many executors there are
     */
    public static List<Outcome> run(SparkContext spark, String main, List<String> options,
            IntConsumer onStart) throws InterruptedException {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
        onStart.accept(executors(context));
        // so many run at once that each executor gets some
        int slots = spark.defaultParallelism();
        Barrier work = new Barrier(main, new ArrayList<>(options));
        return context.parallelize(IntStream.range(0, slots).boxed().toList(), slots).rdd()
                .barrier()
                .mapPartitions(work, false, ClassTag$.MODULE$.<Outcome>apply(Outcome.class))
                .toJavaRDD().collect();
    }

    /** What each task does; they all run at once. */
    private record Barrier(String main, ArrayList<String> options)
            implements
                Function1<scala.collection.Iterator<Integer>, scala.collection.Iterator<Outcome>>,
                Serializable {

        @Override
        public scala.collection.Iterator<Outcome> apply(scala.collection.Iterator<Integer> none) {
            try {
                return CollectionConverters.asScala(run().iterator());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("the task was ended", e);
            }
        }

        private List<Outcome> run() throws IOException, InterruptedException {
            BarrierTaskContext task = BarrierTaskContext.get();
            String host = InetAddress.getLocalHost().getHostName();
            String executor = SparkEnv.get().executorId();
            String[] all = task.allGather(host + "\n" + executor);
            // of an executor's tasks the first one works
            boolean works = Arrays.asList(all).indexOf(host + "\n" + executor) == task
                    .partitionId();
            List<String> beside = Arrays.stream(all).filter(each -> each.startsWith(host + "\n"))
                    .distinct().sorted().toList();
            int turns = (int) Arrays.stream(all).distinct()
                    .collect(Collectors.groupingBy(each -> each.split("\n")[0],
                            Collectors.counting()))
                    .values().stream().mapToLong(Long::longValue).max().orElse(0);
            List<Outcome> outcomes = new ArrayList<>();
            for (int turn = 0; turn < turns; turn++) {
                if (works && beside.indexOf(host + "\n" + executor) == turn) {
                    outcomes.add(measure(beside.size() == 1
                            ? host
                            : "%s, executor %s".formatted(host, executor)));
                }
                task.barrier();
            }
            return outcomes;
        }

        private Outcome measure(String name) throws IOException, InterruptedException {
            Path folder = Files.createTempDirectory("sepconv-survey");
            try {
                List<String> command = new ArrayList<>(List
                        .of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(option -> PASSED_ON.stream().anyMatch(option::startsWith))
                        .forEach(command::add);
                command.addAll(List.of("-cp", classPath(), main, "compare-devices", "--name", name,
                        "--out", folder.toString()));
                command.addAll(options);
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(folder.resolve("stderr").toFile());
                // ends when its standard input does, with this executor
                builder.environment().put("SEPCONV_CHILD", "true");
                Process process = builder.start();
                int code;
                try {
                    code = process.waitFor();
                } finally {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
                Path document = folder.resolve("devices.json");
                return new Outcome(name, code,
                        Files.exists(document) ? Files.readString(document) : null,
                        Files.readAllLines(folder.resolve("stderr")).stream()
                                .filter(line -> line.startsWith(SAID))
                                .map(line -> line.substring(SAID.length())).toList());
            } finally {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        }

        /** Jars that Spark brought to this executor, and its own. */
        private static String classPath() throws IOException {
            Set<String> paths = new LinkedHashSet<>();
            for (ClassLoader loader = Thread.currentThread()
                    .getContextClassLoader(); loader != null; loader = loader.getParent()) {
                if (loader instanceof URLClassLoader jars) {
                    for (URL url : jars.getURLs()) {
                        try {
                            paths.add(Path.of(url.toURI()).toString());
                        } catch (URISyntaxException | RuntimeException e) {
                            throw new IOException(
                                    "the jar %s is no file of this machine".formatted(url), e);
                        }
                    }
                }
            }
            paths.addAll(
                    Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
            return String.join(File.pathSeparator, paths);
        }
    }

    private static int executors(JavaSparkContext context) throws InterruptedException {
        int before = -1;
        int steady = 0;
        for (int i = 0; i < MOST_LOOKS && (steady < STEADY || before < 1); i++) {
            // the driver is among them, and the only one where it runs tasks itself
            SparkExecutorInfo[] infos = context.sc().statusTracker().getExecutorInfos();
            int now = context.isLocal() ? 1 : infos.length - 1;
            steady = now == before ? steady + 1 : 0;
            before = now;
            Thread.sleep(LOOK_MILLIS);
        }
        return before;
    }
}
