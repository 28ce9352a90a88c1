package dev.sepconv.kernel.conv;

/**
 * What kernels that mix channels do beside their convolution, so that it takes no launch and no
 * array of its own. A kernel's mode is the sum of these and an activation's code; it is a number in
 * the compiled code, which has nothing of what is left out.
 */
public final class Beside {

    /** The bits of the activation's code. */
    public static final int ACTIVATION = 0xff;
    /** Another array is added before the activation. */
    public static final int ADD_FIRST = 0x100;
    /** Another array is added after it; of an activation that comes late only. */
    public static final int ADD_LAST = 0x200;
    /** Each input channel is times a number of its own. */
    public static final int GATE = 0x400;

    private Beside() {
    }

    /**
     * Whether there is anything to do with vectors of sums that are stored already, in a loop that
     * has it in the code once.
     */
    public static boolean isLater(int mode) {
        return (mode & ADD_FIRST) != 0 || (mode & ACTIVATION) >= Activations.HARD_SIGMOID;
    }
}
