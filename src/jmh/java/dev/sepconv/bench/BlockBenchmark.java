package dev.sepconv.bench;

import dev.sepconv.Layout;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A block on an engine of ours or on ONNX Runtime, from the caller's input to the caller's output.
 * The result is compared with the float64 reference before and after each trial.
 *
 * <p>
 * Each trial has a process of its own, so that no idle thread of one engine spins beside another's.
 * {@link Bench} has all of them in one process in turns, which a machine with other work to do
 * treats more evenly.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockBenchmark extends ContenderBenchmark {

    @Param({"32-112-1-64", "64-112-2-128", "128-56-1-128", "128-56-2-256", "256-28-1-256",
            "256-28-2-512", "512-14-1-512", "512-14-2-1024", "1024-7-1-1024"})
    public String block;

    /** One of {@link Blocks#VARIANTS}. */
    @Param("separable")
    public String variant;

    @Param("1")
    public int batch;

    /** {@code onnxruntime}, or an engine and a layout. */
    @Param({"simd-nhwc", "simd-nchw", "onnxruntime"})
    public String engine;

    @Override
    Contender contender(int count) {
        Problem problem = Problem.of(Blocks.one(block, variant, batch));
        if (engine.equals(BenchResults.PEER)) {
            return Contender.peer(problem, count);
        }
        String[] parts = engine.split("-");
        return Contender.plan(problem, open(parts[0], count),
                Layout.valueOf(parts[1].toUpperCase(Locale.ROOT)));
    }
}
