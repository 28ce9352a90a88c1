package dev.sepconv.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One thing that was looked at.
 *
 * @param group what it belongs to, for headings: {@code Java}, {@code TornadoVM}, {@code Devices},
 * {@code Files}
 * @param title short, unique among the checks
 * @param finding what was found, or why it was not checked
 * @param fix one sentence: what to do about it; null where there is nothing to do
 */
public record Check(String group, String title, State state, String finding, String fix) {

    /** What came of it. */
    public enum State {
        @JsonProperty("ok")
        OK("ok"),
        /** It works, but not as well as it could. */
        @JsonProperty("warning")
        WARNING("warning"),
        /** Something is broken. */
        @JsonProperty("fault")
        FAULT("fault"),
        /** It depends on something that is broken. */
        @JsonProperty("not checked")
        NOT_CHECKED("not checked");

        private final String word;

        State(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Makes the checks of one group. */
    record Group(String name) {

        Check ok(String title, String finding, Object... values) {
            return new Check(name, title, State.OK, finding.formatted(values), null);
        }

        Check advice(String title, String finding, String fix) {
            return new Check(name, title, State.OK, finding, fix);
        }

        Check warning(String title, String finding, String fix) {
            return new Check(name, title, State.WARNING, finding, fix);
        }

        Check fault(String title, String finding, String fix) {
            return new Check(name, title, State.FAULT, finding, fix);
        }

        Check notChecked(String title, String why) {
            return new Check(name, title, State.NOT_CHECKED, why, null);
        }
    }
}
