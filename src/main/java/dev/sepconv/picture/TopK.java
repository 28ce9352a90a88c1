package dev.sepconv.picture;

import dev.sepconv.io.Printable;
import java.util.Arrays;
import java.util.List;

/** The likeliest classes of a classifier. */
public final class TopK {

    private TopK() {
    }

    /**
     * The classes with the greatest scores, first the greatest; equal ones by their number. NaN
     * comes first, so that it shows.
     *
     * @param scores a number for each class
     * @param k how many, at least 1; all of them if there are fewer
     * @param labels names of all classes, or an empty list
     * @throws IllegalArgumentException if there are labels, but not one for each class
     */
    public static List<ClassScore> of(float[] scores, int k, List<String> labels) {
        if (k < 1) {
            throw new IllegalArgumentException("k is %d; it must be at least 1".formatted(k));
        }
        if (!labels.isEmpty() && labels.size() != scores.length) {
            throw new IllegalArgumentException("%s for %d classes; each class must have its own"
                    .formatted(Printable.count(labels.size(), "label"), scores.length));
        }
        // most of a thousand classes are never among the first few: no object is made of them
        int[] best = new int[Math.min(k, scores.length)];
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            int rank = count;
            // those before it have lower numbers, so equal ones stay in front
            while (rank > 0 && Float.compare(scores[best[rank - 1]], scores[i]) < 0) {
                rank--;
            }
            if (rank < best.length) {
                count = Math.min(count + 1, best.length);
                System.arraycopy(best, rank, best, rank + 1, count - 1 - rank);
                best[rank] = i;
            }
        }
        return Arrays.stream(best)
                .mapToObj(
                        i -> new ClassScore(i, labels.isEmpty() ? null : labels.get(i), scores[i]))
                .toList();
    }

    /**
     * Probabilities of scores: {@code exp(s) / sum(exp)}, for networks that end before their
     * softmax.
     */
    public static float[] softmax(float... scores) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            greatest = Math.max(greatest, score);
        }
        double[] exp = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            exp[i] = Math.exp(scores[i] - greatest);
            sum += exp[i];
        }
        float[] probabilities = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = (float) (exp[i] / sum);
        }
        return probabilities;
    }
}
