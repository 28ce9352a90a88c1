/** The same work over and over: {@code scripts/soak}, and its short form as a test. */
package dev.sepconv.soak;
