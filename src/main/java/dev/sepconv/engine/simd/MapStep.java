package dev.sepconv.engine.simd;

/**
 * Something done number by number over arrays that may lie in any way: a copy, a function, an
 * operation on two arrays. A task is some rows of the {@link Nest}, or part of its only one.
 */
final class MapStep implements Step {

    /** So few numbers are not worth sharing out. */
    private static final int LEAST_TASK = 8 * 1024;

    private static final int TASKS_PER_WORKER = 2;

    /** What is done with a row, whose numbers lie {@code step} apart. */
    interface Row {
        /**
         * @param in where the numbers come from
         * @param inAt the first one's place
         * @param secondAt the first one's place in a second array, if there is one
         * @param outAt where the first result goes
         * @param count how many
         */
        void run(float[] in, int inAt, int inStep, int secondAt, int secondStep, float[] out,
                int outAt, int outStep, int count);
    }

    private final Nest nest;
    private final boolean two;
    private final Row row;
    private final int tasks;

    /**
     * @param out view of the result
     * @param in view of the input
     * @param second view of a second array that {@code row} reads; null for none
     * @param workers how many may run tasks
     */
    MapStep(View out, View in, View second, Row row, int workers) {
        two = second != null;
        nest = two ? new Nest(out, in, second) : new Nest(out, in);
        this.row = row;
        int most = nest.rows() == 1 ? nest.count() : nest.rows();
        tasks = Math.clamp((long) nest.rows() * nest.count() / LEAST_TASK, 1,
                Math.min(most, TASKS_PER_WORKER * workers));
    }

    @Override
    public int tasks() {
        return tasks;
    }

    @Override
    public void run(int task, int worker, float[] in, float[] out) {
        if (nest.rows() == 1) {
            int from = (int) ((long) nest.count() * task / tasks);
            int to = (int) (nest.count() * (task + 1L) / tasks);
            row(0, from, to - from, in, out);
            return;
        }
        int to = (int) (nest.rows() * (task + 1L) / tasks);
        for (int i = (int) ((long) nest.rows() * task / tasks); i < to; i++) {
            row(i, 0, nest.count(), in, out);
        }
    }

    private void row(int i, int from, int count, float[] in, float[] out) {
        int secondStep = two ? nest.step(2) : 0;
        row.run(in, nest.at(1, i) + from * nest.step(1), nest.step(1),
                two ? nest.at(2, i) + from * secondStep : 0, secondStep, out,
                nest.at(0, i) + from * nest.step(0), nest.step(0), count);
    }
}
