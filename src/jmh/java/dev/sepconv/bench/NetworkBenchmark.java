package dev.sepconv.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole network on an engine of ours or on ONNX Runtime, from the caller's arrays to the caller's
 * arrays, alone in a process. The result is compared with the float64 reference before and after
 * each trial. {@link Steady} runs it in turns of forks.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(3)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 6, time = 1)
public class NetworkBenchmark extends ContenderBenchmark {

    /** A system property: a folder where {@link NetworkProblem#save} has been. */
    static final String EXACT = "sepconv.bench.exact";

    /** What {@link NetworkProblem.Source} takes. */
    @Param({"mobilenet-v1", "mobilenet-v2"})
    public String network;

    /** {@code onnxruntime} or one of ours. */
    @Param({"simd", "onnxruntime"})
    public String engine;

    /** From the start of a run to that of the next, where it takes less; 0 is back to back. */
    @Param("0")
    public int everyMillis;

    private long next;

    @Override
    Contender contender(int count) throws IOException {
        next = System.nanoTime();
        String exact = System.getProperty(EXACT);
        NetworkProblem problem = new NetworkProblem.Source(network)
                .problem(exact == null ? null : Path.of(exact));
        return engine.equals(BenchResults.PEER)
                ? NetworkContender.peer(problem, count)
                : NetworkContender.plan(problem, open(engine, count));
    }

    /** JMH doesn't count it. */
    @Setup(Level.Invocation)
    public void rest() throws InterruptedException {
        if (everyMillis > 0) {
            long now = System.nanoTime();
            next = Math.max(next + TimeUnit.MILLISECONDS.toNanos(everyMillis), now);
            Thread.sleep(Duration.ofNanos(next - now));
        }
    }
}
