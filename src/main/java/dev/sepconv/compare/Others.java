package dev.sepconv.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much other programs, or other machines on the same host, had of the processors meanwhile:
 * where it is much, a time says little.
 */
public final class Others {

    private static final Path STAT = Path.of("/proc/stat");
    private static final Path OWN_STAT = Path.of("/proc/self/stat");
    /** Linux counts in hundredths of a second, whatever its clock. */
    private static final double TICK_NANOS = 1e7;

    private final long startNanos = System.nanoTime();
    private final double othersNanos;

    /** Looks on from now on. */
    public Others() {
        othersNanos = nanos();
    }

    /**
     * Their share of all processors since this was made, from 0 to 1; null where the system is not
     * Linux.
     */
    public Double share() {
        if (!Files.exists(STAT)) {
            return null;
        }
        double wall = (double) (System.nanoTime() - startNanos)
                * Runtime.getRuntime().availableProcessors();
        return Math.clamp((nanos() - othersNanos) / wall, 0, 1);
    }

    /** This process's, and that of processes that it started and that have ended. */
    private static double own() throws IOException {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory
                .getOperatingSystemMXBean()).getProcessCpuTime()
                + TICK_NANOS * childTicks(Files.readString(OWN_STAT));
    }

    private static double nanos() {
        try {
            return Files.exists(STAT)
                    ? TICK_NANOS * busyTicks(Files.readAllLines(STAT).getFirst()) - own()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(STAT + " can't be read", e);
        }
    }

    /**
     * Of a line {@code cpu user nice system idle iowait irq softirq steal …}, all but idle and
     * iowait.
     */
    static long busyTicks(String line) {
        String[] ticks = line.strip().split("\\s+");
        long busy = 0;
        for (int i : new int[]{1, 2, 3, 6, 7, 8}) {
            busy += Long.parseLong(ticks[i]);
        }
        return busy;
    }

    /**
     * Of a line {@code pid (name) state ppid … utime stime cutime cstime …}, the last two; a name
     * may have spaces and brackets.
     */
    static long childTicks(String line) {
        String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split("\\s+");
        return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }
}
