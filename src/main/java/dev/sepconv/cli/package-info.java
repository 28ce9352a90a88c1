/**
 * The command line: one class a command, the options they share, and the rules for messages and
 * exit codes.
 */
package dev.sepconv.cli;
