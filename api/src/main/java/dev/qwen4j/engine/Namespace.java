package dev.qwen4j.engine;

/**
 * Whose a sequence is, and how much of it anybody may go on from.
 *
 * @param tenant who; empty where nobody is told apart
 * @param publicTokens how many of the first tokens are not the tenant's alone
 */
record Namespace(String tenant, int publicTokens) {
    static final Namespace SHARED = new Namespace("", 0);

    /** How many of the tokens that two sequences have in common this one may take from the other. */
    int shares(Namespace other, int common) {
        return tenant.equals(other.tenant) ? common : Math.min(common, other.publicTokens);
    }

    /** The same where other tokens stand from a position on: nobody has said of them that they are public. */
    Namespace upTo(int position) {
        return new Namespace(tenant, Math.min(publicTokens, position));
    }
}
