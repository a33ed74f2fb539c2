//! Flavors with exactly one lie each: the check of the check. Each is a store in memory that keeps the contract, but for the
//! sentence that its lie breaks. Which cases find it, the table in `tests/liars` says.

mod directories;
mod files;
mod honest;
mod identities;
mod keys;
mod listing;
mod looking;
#[path = "../../../../plugins/memory/src/reader.rs"]
mod memory_reader;
mod moving;
mod names;
mod opening;
mod reader;
mod removing;
mod roots;
mod store;
#[allow(dead_code, reason = "the memory flavor uses more of it")]
#[path = "../../../../plugins/memory/src/tree.rs"]
mod tree;
#[path = "../../../../plugins/memory/src/writer.rs"]
mod writer;
mod writers;

use larder_plugin_api::{
    Capability, Config, ConfigKey, Error, ErrorKind, Flavor, Result, Root, Services, export_flavors,
};

use honest::SharedTree;
use store::Liar;

/// One flavor a lie: the name of the flavor, and what it does wrong.
macro_rules! liars {
    ($($lie:ident = $name:literal: $what:literal;)+) => {
        /// What a flavor does wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Lie {
            $(#[doc = $what] $lie,)+
        }

        mod flavors {
            use super::*;

            $(
                pub struct $lie;

                impl Flavor for $lie {
                    const FLAVOR: &'static str = $name;
                    const SUPPORTED_SCHEMES: &'static [&'static str] = &["liar://"];
                    const ABOUT: &'static str = $what;
                    const CAPABILITIES: &'static [Capability] = Lie::$lie.claims();
                    const CONFIG: &'static [ConfigKey] = Lie::$lie.config();

                    type Store = Liar;

                    fn validate(_root: &Root, config: &Config) -> Result<()> {
                        Lie::$lie.validate(config)
                    }

                    fn make(root: &Root, _config: &Config, _services: &Services) -> Result<Liar> {
                        Ok(Liar::new(root, Lie::$lie))
                    }
                }
            )+
        }

        export_flavors!($(flavors::$lie),+);
    };
}

liars! {
    None = "honest": "does nothing wrong";

    // Reading.
    LosesALastByte = "loses-a-last-byte": "a file of exactly 64 KiB ends a byte early";
    ReadAtShort = "read-at-short": "`read_at` over the end gives a byte less than there is";
    ReadAtMoves = "read-at-moves": "`read_at` moves the offset of `read`";
    SeekFromEndWrong = "seek-from-end-wrong": "a seek back from the end goes a byte too far";
    SeekBeforeBeginning = "seek-before-beginning": "a seek before the beginning goes to the beginning";
    OpensDirectories = "opens-directories": "a directory reads as an empty file";
    ReaderStatSize = "reader-stat-size": "the `stat` of a reader counts a byte too many";
    ReaderStatEtag = "reader-stat-etag": "the `stat` of a reader has an etag of its own";
    ReaderStatFresh = "reader-stat-fresh": "the `stat` of a reader is that of the file that is there now";
    ReaderStatMoves = "reader-stat-moves": "the `stat` of a reader moves the offset of `read`";

    // Writing.
    VisibleBeforeClose = "visible-before-close": "what is written is seen before `close`";
    DroppedPublishes = "dropped-publishes": "a writer that is dropped publishes what it has";
    ParentsAtOpen = "parents-at-open": "parents are made when a writer is opened";
    AppendTruncates = "append-truncates": "mode `a` begins anew";
    AppendAbsent = "append-absent": "mode `a` is claimed and is *unsupported*";
    ExclusiveOverwrites = "exclusive-overwrites": "mode `x` overwrites";
    ExclusiveLooksBefore = "exclusive-looks-before": "mode `x` looks at `open` and not at `close`";
    ExclusiveRaces = "exclusive-races": "mode `x` looks and writes in two steps";
    OpenRefusesTimes = "open-refuses-times": "`open_with` with a modified time is *unsupported*";
    OpenWrongTime = "open-wrong-time": "a file that is given a modified time has another one";
    OpenRefusesBits = "open-refuses-bits": "`open_with` with permission bits is *unsupported*";
    OpenWideBits = "open-wide-bits": "every file has all permission bits";
    OpenReplacesBits = "open-replaces-bits": "a file that is replaced gets the permission bits that are given";

    // Copies and renames.
    CopyOverwrites = "copy-overwrites": "`copyfile` overwrites when it may not";
    CopyRaces = "copy-races": "`copyfile` looks and copies in two steps";
    CopyInHalves = "copy-in-halves": "a copy is seen when half of it is there";
    CopyOntoItselfEmpties = "copy-onto-itself-empties": "a file that is copied onto itself is emptied";
    RenameOverwrites = "rename-overwrites": "`rename` of a file overwrites when it may not";
    RenameRaces = "rename-races": "`rename` looks and renames in two steps";
    RenameKeepsSource = "rename-keeps-source": "`rename` of a file leaves the source";
    RenameLosesContent = "rename-loses-content": "`rename` moves 5 MiB of a file";
    RenameInSteps = "rename-in-steps": "`rename` of a file copies and then removes, though it claims to be atomic";
    RenameReplacesEmpty = "rename-replaces-empty": "a directory that is renamed replaces an empty one";
    RenameRemovesLate = "rename-removes-late": "`rename` of a directory removes what is written into the source afterwards";
    RenameTakesNeighbours = "rename-takes-neighbours": "`rename` of `run1` takes `run10` along";
    RenameUnclaimed = "rename-unclaimed": "`rename` of a file works without being claimed";

    // Directories.
    MkdirMakesParents = "mkdir-makes-parents": "`mkdir` makes missing parents";
    MkdirOnExisting = "mkdir-on-existing": "`mkdir` of a directory that is there is fine";
    MakedirsFailsOnExisting = "makedirs-fails-on-existing": "`makedirs` of a directory that is there fails";
    MadeDirectoriesVanish = "made-directories-vanish": "a directory that was made goes with its last file";
    RemoveMissing = "remove-missing": "`remove` of what is missing is fine";
    RemoveDirectories = "remove-directories": "`remove` takes directories";
    RmtreeMissing = "rmtree-missing": "`rmtree` of what is missing is fine";
    RmtreeFiles = "rmtree-files": "`rmtree` takes files";
    RmtreeTakesNeighbours = "rmtree-takes-neighbours": "`rmtree` of `run1` takes `run10` along";
    RemoveDirectoryFull = "remove-directory-full": "`remove_directory` takes what is in it";
    RemoveDirectoryMissing = "remove-directory-missing": "`remove_directory` of what is missing is fine";
    RemoveDirectoryFiles = "remove-directory-files": "`remove_directory` takes files";
    RemoveDirectoryRoot = "remove-directory-root": "`remove_directory` of the root is fine";
    RemoveDirectoryKeeps = "remove-directory-keeps": "`remove_directory` says that it did, and did not";
    RemoveDirectoryNeighbours = "remove-directory-neighbours": "`remove_directory` of `run1` takes `run10` along";
    RemoveDirectoryRaces = "remove-directory-races": "`remove_directory` looks and removes in two steps";
    RemoveManyStops = "remove-many-stops": "`remove_many` ends at the first failure, and calls the rest removed";
    RemoveManyReversed = "remove-many-reversed": "`remove_many` answers in the reverse order";
    RemoveManyDirectories = "remove-many-directories": "`remove_many` takes directories";
    RemoveManyThousand = "remove-many-thousand": "`remove_many` removes 1,000 files and calls the rest removed";
    RemoveManyEmpty = "remove-many-empty": "`remove_many` of nothing is an error";
    RemoveManyIgnoresEtags = "remove-many-ignores-etags": "`remove_many` removes what has changed";
    RemoveManyChanged = "remove-many-changed": "`remove_many` takes no etag for that of the file";
    RemoveManyRaces = "remove-many-races": "`remove_many` compares the etag and removes in two steps";

    // Looking.
    ExistsFails = "exists-fails": "`exists` of what is missing is an error";
    ExistsByPrefix = "exists-by-prefix": "`exists` is true for the beginning of a name";
    IsdirOfFiles = "isdir-of-files": "`isdir` is true for files";
    SizeOffByOne = "size-off-by-one": "`size` counts a byte too many";
    SizeOfDirectories = "size-of-directories": "`size` of a directory is 0";
    StatEmpty = "stat-empty": "`stat` gives an empty file a byte";
    StatUnexpected = "stat-unexpected": "`stat` of what is missing is *unexpected* rather than *not found*";
    ModifiedMissing = "modified-missing": "the modified time is claimed and not given";
    ModifiedIsNow = "modified-is-now": "the modified time is the time of the `stat`";
    EtagStays = "etag-stays": "the etag is the same for every content";

    // A root that nobody has made.
    UnmadeStatUnexpected = "unmade-stat-unexpected": "`stat` of an unmade root is *unexpected*";
    UnmadeMissing = "unmade-missing": "an unmade root does not exist";
    UnmadeFull = "unmade-full": "everything exists in an unmade root";
    UnmadeNotListed = "unmade-not-listed": "`listdir` of an unmade root is *not found*";
    UnmadeNotWalked = "unmade-not-walked": "a walk of an unmade root is an error";
    UnmadeByLooking = "unmade-by-looking": "`listdir` makes an unmade root";
    UnmadeNoDirectories = "unmade-no-directories": "`mkdir` in an unmade root is *not found*";
    UnmadeForEver = "unmade-for-ever": "`stat` of the root is *not found*, whatever is in it";

    // Identities.
    IdentityOfInstance = "identity-of-instance": "each instance names things its own way";
    IdentityOneForAll = "identity-one-for-all": "everything is one thing";
    IdentityAlone = "identity-alone": "a thing does not name what contains it";
    IdentityByPrefix = "identity-by-prefix": "a thing is within what its name begins with";

    // Keys.
    KeysNotFound = "keys-not-found": "`stat_key` finds nothing";
    KeysAlwaysFound = "keys-always-found": "`stat_key` finds an empty file where nothing is";
    KeysByPrefix = "keys-by-prefix": "`remove_key` takes what begins alike";
    KeysIgnoreEtags = "keys-ignore-etags": "`remove_key` removes what has changed";
    KeysMove = "keys-move": "`copy_key` removes the source";
    KeysOverwrite = "keys-overwrite": "`copy_key` overwrites when it may not";
    KeysLeadOut = "keys-lead-out": "`stat_key` with `..` leads out of the root";
    KeysRemoveOutside = "keys-remove-outside": "`remove_key` with `..` leads out of the root";
    KeysHalf = "keys-half": "`stat_key` is *unsupported*, and `remove_key` removes";

    // Whole files.
    PutFileShort = "put-file-short": "a local file of more than 1 MiB arrives without its last byte";
    PutFileEmpty = "put-file-empty": "an empty local file is not published";
    PutFileNoParents = "put-file-no-parents": "a local file is not put where two parents are missing";
    PutFileKeeps = "put-file-keeps": "a file that is there is not replaced by a local one";
    PutFileOverwrites = "put-file-overwrites": "a local file overwrites when it may not";
    PutFileMissing = "put-file-missing": "a local file that is missing is put as an empty one";
    PutFileDirectories = "put-file-directories": "a local file replaces a directory";
    PutFileParents = "put-file-parents": "a local file that is put below a file replaces that";
    PutFileMixes = "put-file-mixes": "a local file that changes while it is read is published";
    PutFileCount = "put-file-count": "a byte more is counted than was put";
    GetFileShort = "get-file-short": "a file of more than 1 MiB is got without its last byte";
    GetFileNothing = "get-file-nothing": "nothing is written to the local file";
    GetFileMissing = "get-file-missing": "what is missing is got as an empty file";
    GetFileDirectories = "get-file-directories": "a directory is got as an empty file";

    // Listings.
    ListdirEtags = "listdir-etags": "`listdir` gives etags of its own";
    GlobEtags = "glob-etags": "`glob` gives etags of its own";
    WalkEtags = "walk-etags": "`walk` gives etags of its own";
    WalkMisses = "walk-misses": "`walk` misses one of more than 1,000 files of a directory";
    ListdirUnsorted = "listdir-unsorted": "`listdir` gives the last name first";
    ListdirPlainOrder = "listdir-plain-order": "`listdir` sorts directories as if they were files";
    ListdirPaths = "listdir-paths": "`listdir` with full detail gives paths";
    ListdirMisses = "listdir-misses": "`listdir` misses the last of more than 1,000 entries";
    ListdirOfFiles = "listdir-of-files": "`listdir` of a file is empty";
    ListdirMissing = "listdir-missing": "`listdir` of what is missing is empty";
    WalkMissesALevel = "walk-misses-a-level": "`walk` leaves out what is two directories deep";
    WalkIgnoresTopdown = "walk-ignores-topdown": "`walk` always goes top-down";
    WalkPlainOrder = "walk-plain-order": "`walk` sorts directories as if they were files";
    WalkMissing = "walk-missing": "`walk` of what is missing is one visit with nothing in it";
    GlobStarCrosses = "glob-star-crosses": "`*` beside other characters crosses a `/`";
    GlobDoubleStar = "glob-double-star": "`**` crosses nothing";
    GlobPlainOrder = "glob-plain-order": "`glob` sorts directories as if they were files";
    GlobHidesDots = "glob-hides-dots": "`glob` hides names with a leading dot";
    GlobMalformed = "glob-malformed": "a malformed pattern matches nothing";

    // Names.
    NamesComposed = "names-composed": "names are brought into normal form C";
    NamesDecoded = "names-decoded": "`%2F` in a name is decoded";
    NamesTrimmed = "names-trimmed": "spaces at the end of a name are cut off";
    NamesShort = "names-short": "a component of 255 bytes is too long";

    // What the library and the store say of themselves.
    ClaimsMore = "claims-more": "a store claims what its manifest does not";
    ClaimsChange = "claims-change": "what a store claims changes from call to call";
    KnowsEveryExtension = "knows-every-extension": "every extension is known";
    TellsSecrets = "tells-secrets": "an error shows a secret";
}

const SECRET: &[ConfigKey] = &[ConfigKey::text("token").secret().help("what nobody may see")];

impl Lie {
    const fn claims(self) -> &'static [Capability] {
        match self {
            Self::RenameUnclaimed | Self::ClaimsMore => honest::CLAIMS_WITHOUT_RENAME,
            _ => honest::CLAIMS,
        }
    }

    const fn config(self) -> &'static [ConfigKey] {
        match self {
            Self::TellsSecrets => SECRET,
            _ => &[],
        }
    }

    fn validate(self, config: &Config) -> Result<()> {
        let token = if self == Self::TellsSecrets { config.text("token") } else { None };
        match token {
            Some(token) => {
                Err(Error::new(ErrorKind::InvalidArgument, format!("token `{token}` has expired")))
            }
            None => Ok(()),
        }
    }
}
