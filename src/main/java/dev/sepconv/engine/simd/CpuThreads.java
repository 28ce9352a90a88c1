package dev.sepconv.engine.simd;

/** How many threads {@link SimdEngine} has, where nobody says a number. */
public final class CpuThreads {

    /** The system property, which a program can set before it opens an engine. */
    static final String PROPERTY = "sepconv.threads";
    /** The environment variable, for where the property isn't set. */
    static final String VARIABLE = "SEPCONV_THREADS";

    private static final int MOST = 1024;

    private CpuThreads() {
    }

    /**
     * By the property or the variable, else one for each processor that Java may use: a container's
     * limit counts.
     *
     * @throws IllegalArgumentException if that is no whole number from 1 to 1024
     */
    public static int count() {
        return count(System.getProperty(PROPERTY), System.getenv(VARIABLE),
                Runtime.getRuntime().availableProcessors());
    }

    static int count(String property, String variable, int processors) {
        if (property != null && !property.isBlank()) {
            return checked(PROPERTY, property);
        }
        return variable == null || variable.isBlank() ? processors : checked(VARIABLE, variable);
    }

    private static int checked(String name, String value) {
        try {
            int threads = Integer.parseInt(value.strip());
            if (threads >= 1 && threads <= MOST) {
                return threads;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is '%s'; it must be a whole number from 1 to %d".formatted(name, value, MOST));
    }
}
