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
    /** Linux counts in hundredths of a second, whatever its clock. */
    private static final double TICK_NANOS = 1e7;

    private final long startNanos = System.nanoTime();
    private final double busyNanos;
    private final double ownNanos;

    /** Looks on from now on. */
    public Others() {
        busyNanos = busy();
        ownNanos = own();
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
        return Math.clamp((busy() - busyNanos - (own() - ownNanos)) / wall, 0, 1);
    }

    private static double own() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory
                .getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double busy() {
        try {
            return Files.exists(STAT)
                    ? TICK_NANOS * busyTicks(Files.readAllLines(STAT).getFirst())
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
}
