package dev.sepconv;

import java.util.List;

/**
 * Convolutions one after the other, as VGG stacks two 3x3 where others had one 5x5.
 *
 * @param stages at least one; each takes the channels that the one before gives
 */
public record ConvStack(List<Conv2d> stages) implements Layer {

    public ConvStack {
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException(
                    "stages is empty; a stack has at least one convolution");
        }
        for (int i = 1; i < stages.size(); i++) {
            int given = stages.get(i - 1).outChannels();
            int taken = stages.get(i).inChannels();
            if (given != taken) {
                throw new IllegalArgumentException("stage %d takes %s; the one before gives %d"
                        .formatted(i + 1, Checks.count(taken, "channel"), given));
            }
        }
    }

    public static ConvStack of(Conv2d... stages) {
        return new ConvStack(List.of(stages));
    }
}
