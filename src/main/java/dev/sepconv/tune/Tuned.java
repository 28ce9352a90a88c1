package dev.sepconv.tune;

import java.util.List;

/**
 * A layer that was measured.
 *
 * @param trials every way to compute it that was tried
 * @param byDefault the kernels that are taken untuned, in order; one may compute two stages
 * @param winner the kernels that are taken now; the same as by default where no other is faster or
 * none could be measured
 */
public record Tuned(Subject subject, List<Trial> trials, List<String> byDefault,
        List<String> winner) {

    /** The trial of these kernels. */
    public Trial trial(List<String> kernels) {
        return trials.stream().filter(trial -> trial.kernels().equals(kernels)).findFirst()
                .orElseThrow();
    }
}
