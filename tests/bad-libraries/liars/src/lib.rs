//! Flavors with exactly one lie each: the check of the check. Each is a store in memory that keeps the contract, but for the
//! sentence that its lie breaks. Which cases find it, the table in `tests/liars` says.

mod directories;
mod honest;
mod listing;
mod looking;
mod moving;
mod names;
mod opening;
mod reader;
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

    // Writing.
    VisibleBeforeClose = "visible-before-close": "what is written is seen before `close`";
    DroppedPublishes = "dropped-publishes": "a writer that is dropped publishes what it has";
    ParentsAtOpen = "parents-at-open": "parents are made when a writer is opened";
    AppendTruncates = "append-truncates": "mode `a` begins anew";
    AppendAbsent = "append-absent": "mode `a` is claimed and is *unsupported*";
    ExclusiveOverwrites = "exclusive-overwrites": "mode `x` overwrites";
    ExclusiveLooksBefore = "exclusive-looks-before": "mode `x` looks at `open` and not at `close`";
    ExclusiveRaces = "exclusive-races": "mode `x` looks and writes in two steps";

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

    // Listings.
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
