package dev.sepconv.bench;

import dev.sepconv.Engine;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One contender alone in a process, validated before and after each trial. */
@State(Scope.Benchmark)
public abstract class ContenderBenchmark {

    /** 0 is one for each processor. */
    @Param("0")
    public int threads;

    private Engine opened;
    private Contender contender;

    /** @return by {@link #open} or a peer */
    abstract Contender contender(int count) throws IOException;

    /** An engine that is closed with the trial. */
    final Engine open(String name, int count) {
        opened = Contender.Opener.ENGINES.open(name, count);
        return opened;
    }

    @Setup(Level.Trial)
    public void prepare() throws IOException {
        contender = contender(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
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
