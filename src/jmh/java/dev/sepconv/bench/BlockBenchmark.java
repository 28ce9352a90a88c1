package dev.sepconv.bench;

import dev.sepconv.Engine;
import dev.sepconv.Layout;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
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
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockBenchmark {

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

    /** 0 is one for each processor. */
    @Param("0")
    public int threads;

    private Engine opened;
    private Contender contender;

    @Setup(Level.Trial)
    public void prepare() {
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        Problem problem = Problem.of(Blocks.one(block, variant, batch));
        if (engine.equals(BenchResults.PEER)) {
            contender = Contender.peer(problem, count);
        } else {
            String[] parts = engine.split("-");
            opened = Contender.Opener.ENGINES.open(parts[0], count);
            contender = Contender.plan(problem, opened,
                    Layout.valueOf(parts[1].toUpperCase(Locale.ROOT)));
        }
        contender.validate();
    }

    @Benchmark
    public void run() {
        contender.run();
    }

    @TearDown(Level.Trial)
    public void finish() {
        contender.validate();
        contender.close();
        if (opened != null) {
            opened.close();
        }
    }
}
