"""Publishing: one command, safe to repeat, impossible to half-do.

    public/ ──snapshot──▶ parcel ──limits──▶ carrier ──▶ target
                            ▲                  │
                            └── publication ◀──┘   what stands there already, and what its readers may still ask for

A publication is the site's files, `publication.json` that lists them with their digests, and the permanent files (shards, assets) of the publication before,
so that a page that is open goes on working. `publication` says what goes, what stays, what is taken away; `limits` what hosts forbid; `snapshot` keeps a
copy of what was built and looks after the carrier's scratch; `road` is the order of it all, `command` what is seen of it. The carriers hand the transfer to the tools made for it:

    git       a commit on a branch, pushed                 readers see the old commit or the new
    rsync     a folder of its own, then one link changed   the old folder or the new
    storage   rclone into a bucket: shards and assets, then aside what changes, then that copied into its place inside the bucket, in one call
    folder    exchanged in one step, as a build does       the old folder or the new
    parcel    a zip file, replaced whole
"""
